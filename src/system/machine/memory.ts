/** This process's peak resident memory so far, in MiB (getrusage's maxrss, which includes threads but not children). */
export function peakRssMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
