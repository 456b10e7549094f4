/** The highest resident memory of this process so far, in MiB (getrusage's maxrss, which counts threads, not children). */
export function peakRssMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
