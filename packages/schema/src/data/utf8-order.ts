/** The order of the UTF-8 bytes, which is that of the code points and not that of JavaScript's strings. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
