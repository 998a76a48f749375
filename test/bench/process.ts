import { readdir, readFile } from "node:fs/promises";

/** Resident memory of a process in MB (10^6 bytes). Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return (Number(kilobytes) * 1_024) / 1e6;
}

/** Seconds of a core that all threads of a process have used since they began. Linux only. */
export async function cpuSeconds(pid: number): Promise<number> {
  const threads = `/proc/${pid}/task`;
  // The first number is nanoseconds; the ticks of `stat` are as coarse as a twentieth of what an idle minute takes.
  const times = (await readdir(threads)).map(async (thread) =>
    Number((await readFile(`${threads}/${thread}/schedstat`, "utf8")).split(" ")[0]),
  );
  return (await Promise.all(times)).reduce((sum, ns) => sum + ns, 0) / 1e9;
}
