import { MigrateError } from '../errors/migrate-error.ts'
import { nearNames } from '../errors/near-names.ts'

/** The end of a sentence that names something unknown. */
export const didYouMean = (near: readonly string[]): string =>
  near.length > 0 ? `: did you mean ${near.join(' or ')}?` : '.'

/** `target` is what the user typed, `name` the part of it that names nothing, `squash` the revision that replaces one of that name. */
export function unknownRevision(
  target: string,
  name: string,
  names: readonly string[],
  squash?: string,
): MigrateError<'UNKNOWN_REVISION'> {
  const near = squash === undefined ? nearNames(name, names) : [squash]
  const inside = target === name ? '' : ` (in ${JSON.stringify(target)})`
  const short =
    name.length > 0 && name.length < 4 ? ' Only ids and labels of at least four characters can be shortened.' : ''
  const message = `There is no revision or branch label ${JSON.stringify(name)}${inside}`
  if (squash !== undefined) {
    const remedy = `Name ${squash} instead.`
    return new MigrateError('UNKNOWN_REVISION', { target, near }, `${message}. ${squash} replaces it.`, { remedy })
  }
  return new MigrateError('UNKNOWN_REVISION', { target, near }, `${message}${didYouMean(near)}${short}`)
}

const forms =
  'Write `head`, `heads`, `base`, `current`, a revision or a label; `+2` or `-1` alone or behind one of these; `<branch>@` before any of them.'

/** A text that names nothing, whatever revisions there are: `a@@b`, `++1`, an empty one. */
export function malformedTarget(target: string): MigrateError<'UNKNOWN_REVISION'> {
  const range = target.includes(':') ? ' Only `--range` takes two with a colon between them.' : ''
  const message = `${JSON.stringify(target)} is not the form of a target.${range}`
  return new MigrateError('UNKNOWN_REVISION', { target, near: [] }, message, { remedy: forms })
}
