/** A JSON number as digits and the place of the last: `1.0`, `1` and `1e0` are one number, and no digit is rounded away. */
function number(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = `${whole}${fraction}`.replace(/^0+(?=\d)/, '')
  const digits = all.replace(/0+$/, '')
  if (digits === '') return `${sign}0`
  return `${sign}${digits}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(all.length - digits.length)}`
}

const deepest = 4_000

/**
 * A JSON text in one spelling: members in the order of their names (two of one name both), numbers by their exact value, strings
 * by their characters. What is no JSON is undefined.
 */
export function canonicalJson(json: string): string | undefined {
  // Deeper than we can read ourselves: no server that respells JSON takes it.
  if ((json.match(/[[{]/g)?.length ?? 0) > deepest) return json
  try {
    JSON.parse(json)
  } catch {
    return undefined
  }
  const parts = json.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? []
  let at = 0
  function value(): string {
    const part = parts[at] ?? ''
    at += 1
    if (part === '[') {
      const elements: string[] = []
      while (parts[at] !== ']') {
        elements.push(value())
        if (parts[at] === ',') at += 1
      }
      at += 1
      return `[${elements.join(',')}]`
    }
    if (part === '{') {
      const members: string[] = []
      while (parts[at] !== '}') {
        const name = value()
        at += 1
        members.push(`${name}:${value()}`)
        if (parts[at] === ',') at += 1
      }
      at += 1
      return `{${members.sort().join(',')}}`
    }
    if (part.startsWith('"')) return JSON.stringify(JSON.parse(part))
    return /^-?\d/.test(part) ? number(part) : part
  }
  return value()
}
