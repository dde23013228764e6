import type { JournalPart } from '../../bookkeeping/journal-entries.ts'
import type { Session } from '../../dialect/session.ts'
import { checksum } from '../../model/canonical.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import type { Statement } from '../../sql/statement.ts'

/** Begins a fingerprint of the objects that the statements of a part name; any other is one of the whole schema. */
const ofObjects = 'objects:'
/** The column of the journal has place for the hash of a whole schema. */
const fingerprintLength = 64

/** Everything of a schema that can be introspected, but for our own tables: equal before and after what never happened. */
async function schemaFingerprint(resolved: ResolvedOptions, session: Session): Promise<string> {
  const { dialect, names, tiers } = resolved
  const own = new Set<string>([...Object.values(names), ...tiers.map(({ store }) => store.table.ref.name)])
  const model = await dialect.introspection.schema(session)
  const tables = new Map([...model.tables].filter(([, table]) => !own.has(table.ref.name)))
  return checksum({ ...model, tables })
}

async function objectsFingerprint(
  { dialect }: ResolvedOptions,
  session: Session,
  statements: readonly Pick<Statement, 'sql'>[],
): Promise<string | undefined> {
  const definitions: unknown[] = []
  for (const { sql } of statements) {
    const found = await dialect.introspection.definitionsOf?.(session, sql)
    if (found === undefined) return undefined
    definitions.push(found)
  }
  return `${ofObjects}${checksum(definitions)}`.slice(0, fingerprintLength)
}

/** Before statements of an author: of the objects that they may change where their text tells these, else of the whole schema. */
export async function fingerprintBefore(
  resolved: ResolvedOptions,
  session: Session,
  statements: readonly Pick<Statement, 'sql'>[],
): Promise<string> {
  return (await objectsFingerprint(resolved, session, statements)) ?? schemaFingerprint(resolved, session)
}

/** The fingerprints of parts now, each of what the journal's one is of. Undefined: it can't be compared any more. */
export type CurrentFingerprints = ReadonlyMap<JournalPart, string | undefined>

export async function currentFingerprints(
  resolved: ResolvedOptions,
  session: Session,
  parts: readonly JournalPart[],
): Promise<CurrentFingerprints> {
  let whole: string | undefined
  const current = new Map<JournalPart, string | undefined>()
  for (const part of parts) {
    if (part.fingerprint === undefined) continue
    if (part.fingerprint.startsWith(ofObjects)) {
      current.set(part, await objectsFingerprint(resolved, session, part.statements))
      continue
    }
    whole ??= await schemaFingerprint(resolved, session)
    current.set(part, whole)
  }
  return current
}
