import { isStorable, jsonElements, jsonMembers, jsonString } from './json-parts.ts'

/** A JSON number as its exact value: sign, digits without zeros at the ends, and the place of the last one. */
function exactNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const trimmed = digits.replace(/0+$/, '')
  if (trimmed === '') return `${sign}0`
  return `${sign}${trimmed}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - trimmed.length)}`
}

/** How many members an object has as it is written, two of one name counted twice. */
function countMembers(json: string): number {
  let count = 0
  let depth = 0
  for (let at = 0; at < json.length; at += 1) {
    const char = json[at]
    if (char === '"') {
      for (at += 1; json[at] !== '"'; at += 1) if (json[at] === '\\') at += 1
    } else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    else if (char === ':' && depth === 1) count += 1
  }
  return count
}

/**
 * Whether two JSON texts say the same: numbers by their exact value, strings by their characters, objects by their members in
 * any order. An object that has a name twice says more than any that has it once.
 */
export function sameJson(a: string, b: string): boolean {
  const [one, other] = [a.trim(), b.trim()]
  if (one === other) return true
  if (one.startsWith('{')) {
    const [left, right] = [jsonMembers(one), other.startsWith('{') ? jsonMembers(other) : undefined]
    if (left === undefined || right === undefined || left.size !== right.size) return false
    if (countMembers(one) !== left.size || countMembers(other) !== right.size) return false
    return [...left].every(([name, value]) => {
      const found = right.get(name)
      return found !== undefined && sameJson(value, found)
    })
  }
  if (one.startsWith('[')) {
    const [left, right] = [jsonElements(one), other.startsWith('[') ? jsonElements(other) : undefined]
    if (left === undefined || right === undefined || left.length !== right.length) return false
    return left.every((value, at) => sameJson(value, right[at] ?? ''))
  }
  if (one.startsWith('"')) {
    const text = jsonString(one)
    return text !== undefined && isStorable(text.replaceAll('\0', '')) && text === jsonString(other)
  }
  if (!/^-?\d/.test(one) || !/^-?\d/.test(other)) return false
  return exactNumber(one) === exactNumber(other)
}
