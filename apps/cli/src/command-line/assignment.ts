import { InvalidArgumentError } from 'commander'

/** `key=value`, or a bare key, as a pair. */
export function assignment(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  const key = at === -1 ? text : text.slice(0, at)
  if (key.trim() === '') throw new InvalidArgumentError('It is key=value, or a bare key.')
  return [key, at === -1 ? '' : text.slice(at + 1)]
}
