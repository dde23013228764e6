import { codeOf, thrownMessage } from '../../errors/thrown-value.ts'

/**
 * Of `node --permission` without `--allow-addons`: https://nodejs.org/api/errors.html#err_dlopen_disabled. The loader of the transform makes
 * errors of its own of what its binaries threw, which have the message only.
 */
const addonsDenied = { code: 'ERR_DLOPEN_DISABLED', message: 'loading addons is disabled' }

/** The error that denies addons in a chain of causes: the loader of a binary has one cause for each file that it tries. */
export function addonsDenial(error: unknown): unknown {
  const visited = new Set<unknown>()
  for (let at = error; at instanceof Error && !visited.has(at); at = at.cause) {
    if (codeOf(at) === addonsDenied.code || thrownMessage(at).includes(addonsDenied.message)) return at
    visited.add(at)
  }
  return undefined
}

export function compilerError(name: string, cause: unknown, code: string): Error {
  const [reason = ''] = thrownMessage(addonsDenial(cause) ?? cause).split('\n')
  return Object.assign(new Error(`${name} cannot be loaded: ${reason}`, { cause }), { code })
}
