import { checksum } from './canonical.ts'

/** How long a name may be on a server. */
export interface NameSize {
  readonly length: number
  readonly unit: 'bytes' | 'characters'
}

const sizeOf = (text: string, unit: NameSize['unit']): number =>
  unit === 'bytes' ? Buffer.byteLength(text) : [...text].length

/** The beginning of a name that fits, in whole characters: what a server leaves of it that cuts names. */
export function cutName(name: string, { length, unit }: NameSize): string {
  if (sizeOf(name, unit) <= length) return name
  let cut = ''
  let size = 0
  for (const character of name) {
    size += sizeOf(character, unit)
    if (size > length) return cut
    cut += character
  }
  return cut
}

/** A name of our own making that fits: what is cut off is told apart by a hash of the whole. */
export function fittingName(name: string, size: NameSize): string {
  if (sizeOf(name, size.unit) <= size.length) return name
  return `${cutName(name, { ...size, length: size.length - 9 })}_${checksum(name).slice(0, 8)}`
}
