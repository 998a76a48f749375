/*
 * Eight sprinkler relays on an Arduino Uno, switched over its serial port; README.md has the wiring and the protocol.
 *
 * Nothing here waits: each pass of loop() handles at most one received byte, so that no input can hold up the timers,
 * and commands are only read while there is room for their answer.
 */
#include <Arduino.h>
#include <avr/power.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

const uint8_t RELAYS = 8;
/** A relay goes off this long after its last `on`: whoever wants water has to say so again and again. */
const uint32_t DEAD_MAN_MS = 30UL * 1000;
/** A relay is not on for longer than this without a break, however often it is told to. */
const uint32_t CEILING_MS = 4UL * 60 * 60 * 1000;
/** The begun line of a host that fell silent is forgotten after this long. */
const uint32_t SILENCE_MS = 5UL * 1000;

// ---- The serial port: 9600 baud, 8N1 -------------------------------------------------------------------------------

/** Stands for bytes that were lost or damaged. No command contains it, so the line that it is in can't be one. */
const uint8_t DAMAGED = 0xff;

/** A queue of up to 255 bytes with one writer and one reader, one of them an interrupt. */
struct Queue {
  volatile uint8_t bytes[256];
  volatile uint8_t head, tail;  // They wrap with the array.

  bool empty() const { return head == tail; }
  uint8_t room() const { return tail - head - 1; }
  void put(uint8_t byte) {
    bytes[head] = byte;
    head++;
  }
  uint8_t take() {
    const uint8_t byte = bytes[tail];
    tail++;
    return byte;
  }
};

static Queue incoming, outgoing;

/** A byte is on its way out; when it is, USART_TX sends the next. */
static volatile bool sending;

static void sendNext() {
  sending = !outgoing.empty();
  if (sending) UDR0 = outgoing.take();
}

// The core's Serial drops what does not fit without a trace, which can make one command out of two.
ISR(USART_RX_vect) {
  static uint8_t besideGap;
  const uint8_t status = UCSR0A;  // Reading the byte clears its flags.
  const uint8_t byte = UDR0;
  // An overrun shows with the first of the three bytes that had to wait: the gap may be behind any of them.
  if (status & _BV(DOR0)) besideGap = 3;
  const bool damaged = status & _BV(FE0) || besideGap > 0;
  if (besideGap > 0) besideGap--;
  const uint8_t room = incoming.room();
  if (room > 0) incoming.put(damaged || room == 1 ? DAMAGED : byte);
}

ISR(USART_TX_vect) { sendNext(); }

struct SerialPort : public Print {
  static const uint16_t SPEED = F_CPU / 16 / 9600 - 1;
  static const uint8_t FORMAT = _BV(UCSZ01) | _BV(UCSZ00);
  static const uint8_t ENABLED = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0) | _BV(TXCIE0);

  void begin() {
    UBRR0 = SPEED;
    UCSR0A = 0;
    UCSR0C = FORMAT;
    UCSR0B = ENABLED;
  }
  /** Puts the port right that a spark has set otherwise: it would be deaf or mute until the next reset. */
  void keep() {
    const uint8_t mode = UCSR0A & (_BV(U2X0) | _BV(MPCM0)), enabled = UCSR0B & ~_BV(RXB80);
    if (UBRR0 == SPEED && mode == 0 && UCSR0C == FORMAT && enabled == ENABLED) return;
    cli();
    begin();
    if (incoming.room() > 0) incoming.put(DAMAGED);
    sendNext();  // The end of what was on its way out may have gone unnoticed.
    sei();
  }
  size_t write(uint8_t byte) override {
    while (outgoing.room() == 0) {}  // Never, as long as LONGEST_ANSWER is one.
    outgoing.put(byte);
    cli();  // After keep() the end of a byte may come although nothing seems to be on its way.
    if (!sending) sendNext();
    sei();
    return 1;
  }
  using Print::write;
};

static SerialPort port;

/** No line to the host is longer, in bytes with its line end: `status` with all relays on has 102. */
const uint8_t LONGEST_ANSWER = 110;

// ---- The relays ----------------------------------------------------------------------------------------------------

struct Relay {
  /** Refused: off, and to be told `off` before it takes an `on` again, because it was on for CEILING_MS. */
  enum State : uint8_t { OFF, ON, REFUSED } state;
  /** It went off by itself, and the host does not know yet. */
  bool untold;
  uint32_t onSinceMs;
  uint32_t lastOnMs;
};

static Relay relays[RELAYS];

static void printRequest(uint8_t index, const __FlashStringHelper *state) {
  port.print(F("INFO: requesting relay "));
  port.print(index + 1);
  port.print(F(" change to state "));
  port.println(state);
}

static void switchOn(uint8_t index, uint32_t nowMs) {
  Relay &relay = relays[index];
  if (relay.state == Relay::REFUSED) {
    port.print(F("ERROR: relay "));
    port.print(index + 1);
    port.println(F(" was on for 4 h and takes no on before an off"));
    return;
  }
  if (relay.state == Relay::OFF) relay.onSinceMs = nowMs;
  relay.state = Relay::ON;
  relay.lastOnMs = nowMs;
  printRequest(index, F("on"));
}

static void switchOff(uint8_t index) {
  relays[index].state = Relay::OFF;
  printRequest(index, F("off"));
}

/** Ends what was on for too long. */
static void expire(uint32_t nowMs) {
  for (Relay &relay : relays) {
    if (relay.state != Relay::ON) continue;
    const bool tooLong = nowMs - relay.onSinceMs >= CEILING_MS;
    if (!tooLong && nowMs - relay.lastOnMs < DEAD_MAN_MS) continue;
    relay.state = tooLong ? Relay::REFUSED : Relay::OFF;
    relay.untold = true;
  }
}

/** Tells of one relay that went off by itself; false when there is none. */
static bool tell() {
  for (uint8_t index = 0; index < RELAYS; index++) {
    if (!relays[index].untold) continue;
    relays[index].untold = false;
    printRequest(index, F("off (due to timeout)"));
    return true;
  }
  return false;
}

/**
 * Makes the pins what the relays shall be: relay 1 to 6 on PD2 to PD7, relay 7 and 8 on PB0 and PB1, closed while high.
 * Done at each pass, so that a pin disturbed by a solenoid's spark is wrong for a millisecond only.
 */
static void drive() {
  uint8_t closed = 0;
  for (uint8_t index = 0; index < RELAYS; index++) {
    if (relays[index].state == Relay::ON) closed |= 1 << index;
  }
  // The core runs these timers for analogWrite(); a spark would hand them the pins of relay 2 and 8 (timer 0: keepClock).
  TCCR1A = TCCR2A = 0;
  PORTD = (PORTD & 0x03) | closed << 2;
  PORTB = (PORTB & 0xfc) | closed >> 6;
  // After the level: an output that is not low yet would make its relay click.
  DDRD |= 0xfc;
  DDRB |= 0x03;
}

/** Makes the clock of millis() run as the core has set it up (its wiring.c): a slow one would stretch every time. */
static void keepClock() {
  const uint8_t fastPwm = _BV(WGM01) | _BV(WGM00), every64 = _BV(CS01) | _BV(CS00);
  if (TCCR0A != fastPwm) TCCR0A = fastPwm;
  if (TCCR0B != every64) TCCR0B = every64;
  if (TIMSK0 != _BV(TOIE0)) TIMSK0 = _BV(TOIE0);
  // The clock of everything, the watchdog's excepted.
  if (CLKPR != 0) clock_prescale_set(clock_div_1);
}

/** Arms the watchdog that a spark has disarmed, or slowed. Not at each pass: arming it counts as a sign of life. */
static void keepWatchdog() {
  if (WDTCSR != (_BV(WDE) | WDTO_500MS)) wdt_enable(WDTO_500MS);
}

static void printStatus(uint32_t nowMs) {
  port.print(F("INFO: status"));
  for (uint8_t index = 0; index < RELAYS; index++) {
    const Relay &relay = relays[index];
    port.print(' ');
    port.print(index + 1);
    port.print('=');
    if (relay.state == Relay::ON) {
      port.print(F("on:"));
      port.print(DEAD_MAN_MS - (nowMs - relay.lastOnMs));
    } else {
      port.print(relay.state == Relay::OFF ? F("off") : F("refused"));
    }
  }
  port.println();
}

// ---- Lines from the host -------------------------------------------------------------------------------------------

struct Line {
  /** More than the longest command, so that an error can show what came instead. */
  static const uint8_t CAPACITY = 16;
  uint8_t bytes[CAPACITY];
  /** One more than the capacity for every line that is too long. */
  uint8_t length;
  bool damaged;
  uint32_t lastByteMs;

  void add(uint8_t byte) {
    if (length < CAPACITY) bytes[length] = byte;
    if (length <= CAPACITY) length++;
    if (byte == DAMAGED) damaged = true;
  }
  void clear() {
    length = 0;
    damaged = false;
  }
  /** Whether the line is this text, from its byte `from` on. */
  bool is(const char *text, uint8_t from = 0) const {
    return length == from + strlen(text) && memcmp(bytes + from, text, length - from) == 0;
  }
};

static Line line;

/** Answers a line that is no command with one line that shows its beginning. */
static void printError(const __FlashStringHelper *problem) {
  port.print(F("ERROR: "));
  port.print(problem);
  port.print(F(" \""));
  for (uint8_t i = 0; i < line.length && i < Line::CAPACITY; i++) {
    const uint8_t byte = line.bytes[i];
    if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\') {
      port.write(byte);
    } else {
      port.print(F("\\x"));
      port.print(byte >> 4, HEX);
      port.print(byte & 0xf, HEX);
    }
  }
  port.print('"');
  if (line.length > Line::CAPACITY) port.print(F("..."));
  port.println();
}

static void obey(uint32_t nowMs) {
  const uint8_t index = line.bytes[0] - '1';
  const bool addressed = line.length > 2 && index < RELAYS && line.bytes[1] == ',';
  if (addressed && line.is("on", 2)) switchOn(index, nowMs);
  else if (addressed && line.is("off", 2)) switchOff(index);
  else if (line.is("status")) printStatus(nowMs);
  else if (line.is("version")) port.println(F("INFO: version mqtt-things 1.0.0"));
  else printError(line.damaged ? F("lost bytes in") : F("unknown request"));
}

static void receive(uint8_t byte, uint32_t nowMs) {
  line.lastByteMs = nowMs;
  if (byte != '\n') return line.add(byte);
  if (line.length > 0 && line.length <= Line::CAPACITY && line.bytes[line.length - 1] == '\r') line.length--;
  if (line.length > 0) obey(nowMs);
  line.clear();
}

// ---- The program ---------------------------------------------------------------------------------------------------

// After a watchdog reset the watchdog still runs, with its shortest time: it would strike again before setup().
static void stopWatchdog() __attribute__((naked, used, section(".init3")));
static void stopWatchdog() {
  MCUSR = 0;
  wdt_disable();
}

// An interrupt that only a spark can have enabled. The core would begin the program anew, again and again as long as the
// interrupt is due, with the pins as they are: here the watchdog ends it.
ISR(BADISR_vect) {
  for (;;) {}
}

void setup() {
  drive();
  wdt_enable(WDTO_500MS);
  set_sleep_mode(SLEEP_MODE_IDLE);
  port.begin();
  port.println(F("DEBUG: setup() complete"));
}

/** Sleeps until the next interrupt, at most 1.024 ms (the clock's), unless there is something to read. */
static void rest() {
  cli();
  if (incoming.empty()) {
    sleep_enable();
    sei();  // Takes effect after the next instruction: an interrupt that waits ends the sleep at once.
    sleep_cpu();
    sleep_disable();
  }
  sei();
}

void loop() {
  static uint32_t lastPassMs;
  keepClock();
  keepWatchdog();
  port.keep();
  const uint32_t nowMs = millis();
  // A clock that stands still would leave relays on: then the watchdog is to strike, whatever is received.
  if (nowMs != lastPassMs) wdt_reset();
  lastPassMs = nowMs;

  expire(nowMs);
  // What went off is told before the next command is read: its answer must not be overtaken by older news.
  if (outgoing.room() >= LONGEST_ANSWER && !tell()) {
    if (!incoming.empty()) {
      receive(incoming.take(), nowMs);
    } else if (line.length > 0 && nowMs - line.lastByteMs >= SILENCE_MS) {
      printError(F("no line end after"));
      line.clear();
    }
  }
  drive();
  rest();
}
