import type { Server } from '../flavour.ts'

const strings = /^(?:(?:var)?(?:char|binary)\(|(?:tiny|medium|long)?(?:text|blob)\b|json\b)/i
const bytesOrText = /^(?:tiny|medium|long)?(?:text|blob)\b|^json\b/i
const bit = /^bit\b/i

/**
 * A type between two others where the server's own conversion from the one to the other is not that of the values; undefined: no need.
 * Measured on MySQL 9.7 and MariaDB 10.11:
 *
 * - BIT becomes digits in a VARCHAR, but raw bytes in a TEXT or BLOB, and these come back as 0.
 * - MySQL reads a text up to 2^63-1 into a BIT(64) and takes that number for every larger one.
 * - MariaDB refuses a text beyond 2^63-1 for BIGINT UNSIGNED and BIT(64).
 */
export function interimType({ flavour }: Server, from: string, to: string): string | undefined {
  if (bit.test(from)) return bytesOrText.test(to) ? 'bigint unsigned' : undefined
  if (!strings.test(from)) return undefined
  const isBit = /^bit\(64\)/i.test(to)
  if (flavour === 'mysql') return isBit ? 'bigint unsigned' : undefined
  return isBit || /^bigint(?:\(\d+\))? unsigned/i.test(to) ? 'decimal(20,0)' : undefined
}
