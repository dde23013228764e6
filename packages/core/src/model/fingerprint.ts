/** Odd, so that a change in one place always changes each part: multiplying by an odd number loses nothing. */
const [f1, f2, f3, f4] = [0x01000193, 0x5bd1e995, 0x85ebca6b, 0xc2b2ae35] as const

/**
 * 128 bits that tell apart texts of this user, for names in a cache of the same user. `node:crypto` is not loaded for it,
 * which takes about a tenth of a start with nothing to do; where a user could gain by two texts of one hash, take `sha256`.
 */
export function fingerprint(text: string): string {
  let [a, b, c, d] = [0x811c9dc5, 0x9747b28c, 0x243f6a88, 0x13198a2e]
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    a = Math.imul(a ^ unit, f1)
    b = Math.imul(b ^ unit ^ (a >>> 15), f2)
    c = Math.imul(c ^ unit ^ (b >>> 13), f3)
    d = Math.imul(d ^ unit ^ (c >>> 16), f4)
  }
  return [a, b, c, d].map((part) => ((part ^ (part >>> 15)) >>> 0).toString(16).padStart(8, '0')).join('')
}
