import { diffSchemas } from '@org/migrate-autogenerate'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { allFeatures, wholeSchema } from '@org/migrate-core/internal'

const histories = /^(migrate_|migratehistory$)/

/** The schema as the server shows it, without histories. */
async function schemaAt(configured: UnloadedDialect): Promise<SchemaModel> {
  const session = await configured.connection.connect({ purpose: 'inspect' })
  try {
    const { tables, sequences, ...rest } = await configured.introspection.schema(session)
    return {
      ...rest,
      tables: new Map([...tables].filter(([, { ref }]) => !histories.test(ref.name))),
      sequences: new Map([...sequences].filter(([, { ownedBy }]) => !histories.test(ownedBy?.table.name ?? ''))),
    }
  } finally {
    await session.close()
  }
}

/** How two databases of one server differ: as autogenerate sees them. */
export async function differencesBetween(one: UnloadedDialect, other: UnloadedDialect): Promise<readonly string[]> {
  const [expected, actual] = [await schemaAt(one), await schemaAt(other)]
  const { changes } = await diffSchemas({
    dialect: await one.load(),
    from: actual,
    to: { ...wholeSchema(expected), supportedFeatures: allFeatures },
    answers: { none: true },
  })
  return changes.length === 0 ? [] : [...schemaDifferences(expected, actual), JSON.stringify(changes)]
}
