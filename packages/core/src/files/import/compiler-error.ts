import { codeOf, thrownMessage } from '../../errors/thrown-value.ts'

/** Of `node --permission` without `--allow-addons`: https://nodejs.org/api/errors.html#err_dlopen_disabled */
export const addonsDenied = 'ERR_DLOPEN_DISABLED'

/** The error of that code in a chain of causes: the loader of a binary has one cause for each file that it tries. */
export function causeWith(code: string, error: unknown): unknown {
  const visited = new Set<unknown>()
  for (let at = error; at instanceof Error && !visited.has(at); at = at.cause) {
    if (codeOf(at) === code) return at
    visited.add(at)
  }
  return undefined
}

export function compilerError(name: string, cause: unknown, code: string): Error {
  const [reason = ''] = thrownMessage(causeWith(addonsDenied, cause) ?? cause).split('\n')
  return Object.assign(new Error(`${name} cannot be loaded: ${reason}`, { cause }), { code })
}
