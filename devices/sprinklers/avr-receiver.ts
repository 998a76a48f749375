import { type AVRUSART, type CPU, usart0Config } from "avr8js";

/** Two in the buffer and one that waits behind them (ATmega328P datasheet, "Receive Compete Flag and Interrupt"). */
const unreadBytes = 3;
/** Bits in UCSR0A and UCSR0B. */
const RXC = 0x80;
const DOR = 0x08;
const RXCIE = 0x80;
const retryCycles = 16;

/**
 * The receiving half of the serial port: hands over bytes that have arrived, in order. avr8js has room for one, and
 * forgets it when the program writes UCSR0B: so a byte waits here until its interrupt would be served in that moment.
 */
export function receiver(cpu: CPU, usart: AVRUSART): (byte: number) => void {
  const { UCSRA, UCSRB } = usart0Config;
  const arrived: number[] = [];
  let overrun = false;

  const isSet = (register: number, bit: number) => ((cpu.data[register] ?? 0) & bit) !== 0;
  const unread = () => isSet(UCSRA, RXC);

  function handOver(): void {
    const [byte] = arrived;
    if (byte === undefined) return;
    if (!unread() && (cpu.interruptsEnabled || !isSet(UCSRB, RXCIE))) {
      arrived.shift();
      cpu.data[UCSRA] = ((cpu.data[UCSRA] ?? 0) & ~DOR) | (overrun ? DOR : 0);
      overrun = false;
      usart.writeByte(byte, true);
    }
    if (arrived.length > 0) cpu.addClockEvent(handOver, retryCycles);
  }

  return (byte) => {
    if (!usart.rxEnable) return;
    if (arrived.length + (unread() ? 1 : 0) >= unreadBytes) {
      overrun = true;
      return;
    }
    arrived.push(byte);
    if (arrived.length === 1) cpu.addClockEvent(handOver, 1);
  };
}
