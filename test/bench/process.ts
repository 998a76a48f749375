import { readFile } from "node:fs/promises";

/** Resident memory of a process in MB (10^6 bytes). Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return (Number(kilobytes) * 1_024) / 1e6;
}

/** The ticks of Linux's process statistics, per second (`man 5 proc_pid_stat`: sysconf(_SC_CLK_TCK), 100 everywhere). */
const TICKS_PER_S = 100;

/** Seconds of a core that a process has used since it began. Linux only. */
export async function cpuSeconds(pid: number): Promise<number> {
  // After the name, which may hold blanks: user and system time are fields 14 and 15.
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}
