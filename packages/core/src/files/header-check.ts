import { MigrateError } from '../errors/migrate-error.ts'

export type HeaderName = 'revision' | 'downRevision' | 'branchLabels' | 'dependsOn' | 'compatibleWith' | 'replaces'

export interface ScannedHeader {
  readonly revision: string
  readonly parents: readonly string[]
  readonly branchLabels: readonly string[]
  readonly dependsOn: readonly string[]
  readonly compatibleWith: readonly string[]
  /** Absent: none. */
  readonly replaces?: readonly string[]
}

/** A revision file, or a revision that is passed as a value. */
export interface HeaderLocation {
  readonly file: string
  readonly isValue: boolean
}

const valueRemedy =
  'Give the revision `revision`, its id, and `downRevision`, the id of the one before it or null; each fact is a string, null or a list of strings.'

export function missingHeader({ file, isValue }: HeaderLocation, name: HeaderName): MigrateError {
  return new MigrateError(
    'HEADER_INVALID',
    { file, name, why: 'missing' },
    isValue ? `${file} has no \`${name}\`` : `${file} has no top-level constant \`${name}\``,
    {
      remedy: isValue
        ? valueRemedy
        : 'Write the constant at the top of the file, before other code, or move the file out of the folder.',
    },
  )
}

export function wrongKind({ file }: HeaderLocation, name: string, expected: string): MigrateError {
  const message = `${file}: \`${name}\` is not ${expected}`
  return new MigrateError('HEADER_INVALID', { file, name, why: 'wrong-kind' }, message, { remedy: valueRemedy })
}

function listOf(value: unknown, location: HeaderLocation, name: HeaderName): readonly string[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [value]
  const members: readonly unknown[] = Array.isArray(value) ? Array.from<unknown>(value) : [undefined]
  if (members.every((member) => typeof member === 'string')) return members
  throw wrongKind(location, name, 'a string, null or a list of strings')
}

/**
 * The facts of a header, for the constants of a file and the members of a value alike: one string stands for a list of one.
 *
 * Throws HEADER_INVALID, REVISION_FILE_INVALID.
 */
export function checkedHeader(read: (name: HeaderName) => unknown, location: HeaderLocation): ScannedHeader {
  const revision = read('revision')
  if (revision === undefined) throw missingHeader(location, 'revision')
  if (typeof revision !== 'string') {
    const { file } = location
    const why = '`revision` is not a string'
    throw new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}: ${why}`, {
      remedy: 'Write the id of the revision as one string.',
    })
  }
  const down = read('downRevision')
  if (down === undefined) throw missingHeader(location, 'downRevision')
  const list = (name: HeaderName): readonly string[] => listOf(read(name), location, name)
  const replaces = list('replaces')
  return {
    revision,
    parents: list('downRevision'),
    branchLabels: list('branchLabels'),
    dependsOn: list('dependsOn'),
    compatibleWith: list('compatibleWith'),
    ...(replaces.length === 0 ? {} : { replaces }),
  }
}
