import type { Session } from '../../dialect/session.ts'
import { checksum } from '../../model/canonical.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'

/** Everything of a schema that can be introspected, but for our own tables: equal before and after what never happened. */
export async function schemaFingerprint(resolved: ResolvedOptions, session: Session): Promise<string> {
  const { dialect, names, tiers } = resolved
  const own = new Set<string>([...Object.values(names), ...tiers.map(({ store }) => store.table.ref.name)])
  const model = await dialect.introspection.schema(session)
  const tables = new Map([...model.tables].filter(([, table]) => !own.has(table.ref.name)))
  return checksum({ ...model, tables })
}
