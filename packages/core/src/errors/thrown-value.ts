/** A property of a thrown value, which may be anything: also a getter that throws, or a proxy. */
function read(thrown: unknown, name: 'message' | 'stack' | 'code' | 'resource'): string | undefined {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return undefined
  try {
    const value: unknown = Reflect.get(thrown, name)
    return typeof value === 'string' ? value : undefined
  } catch {
    // It has no text that can be read.
    return undefined
  }
}

/** What a thrown value says, as a text whatever it is. Never throws. */
export function thrownMessage(thrown: unknown): string {
  const message = read(thrown, 'message')
  // Node names what `--permission` denied in a property only: https://nodejs.org/api/permissions.html
  const denied = codeOf(thrown) === 'ERR_ACCESS_DENIED' && read(thrown, 'resource')
  if (message !== undefined) return denied ? `${message} (${denied})` : message
  try {
    return String(thrown)
  } catch {
    // An object without a prototype has no text.
    return `a value of the type ${typeof thrown}`
  }
}

/** The stack of a thrown value; '' where it has none, or one that is no text. Never throws. */
export function thrownStack(thrown: unknown): string {
  return read(thrown, 'stack') ?? ''
}

/** The code of a thrown value, as errors of Node and of drivers have one. Never throws. */
export const codeOf = (thrown: unknown): string | undefined => read(thrown, 'code')

/** The same; '' where it has none. */
export const thrownCode = (thrown: unknown): string => codeOf(thrown) ?? ''
