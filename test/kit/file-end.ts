type Cleanup = () => unknown

const cleanups: Cleanup[] = []

/**
 * Cleans up after the file of tests that is running. A hook at the top of a kit would belong to the first file that imports it, as the files
 * of one process share their modules.
 */
export function atFileEnd(cleanup: Cleanup): void {
  cleanups.push(cleanup)
}

export async function endFile(): Promise<void> {
  for (const cleanup of cleanups.splice(0)) await cleanup()
}
