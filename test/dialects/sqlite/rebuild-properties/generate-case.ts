import { type Random, random as randomOf } from '../../../kit/random.ts'
import type { ConstraintContext } from './generate-constraints.ts'
import { generateDependants } from './generate-dependants.ts'
import { generateRelations } from './generate-keys.ts'
import { generateTable } from './generate-table.ts'
import { generateRows, insertInto, type SampleValue } from './generate-values.ts'
import { names as namesOf, quoted } from './names.ts'
import type { CaseSpec } from './spec.ts'
import { writer as writerOf } from './write.ts'

/** A database with one table that will be changed, everything that hangs on it, and rows. */
function generateCase(random: Random): { readonly spec: CaseSpec; readonly context: ConstraintContext } {
  const features = new Set<string>()
  const names = namesOf(random, features)
  const context: ConstraintContext = { random, names, features }
  const writer = writerOf(random, features)
  const fullText = random.chance(0.09)
  const table = generateTable(context, { plainNames: fullText, rowid: fullText || random.chance(0.3) })
  if (fullText) {
    const plain = table.columns.find(
      (one) =>
        one.tokens.length === 2 &&
        one.type === 'TEXT' &&
        one.values === 'text' &&
        !one.distinct &&
        one.tokens[0] === one.name,
    )
    plain?.uses.add('fts')
  }
  const relations = generateRelations(context, writer, table)
  const log = names.nextName('plain')
  const options = [...(table.strict ? ['STRICT'] : []), ...(table.withoutRowid ? ['WITHOUT ROWID'] : [])]
  const definitions = [...table.columns.map((one) => one.tokens), ...table.constraints.map((one) => one.tokens)]
  const text = writer.createTable(names.declared(table.name), definitions, random.sample(options, options.length))
  const rows = generateRows(random, table, features)
  relations.fill(rows)
  const written = table.columns.filter((one) => one.generated === undefined)
  const withRowid = table.rowid !== undefined && !table.columns.some((one) => one.rowidAlias)
  const into = [
    ...(withRowid && table.rowid !== undefined ? [table.rowid] : []),
    ...written.map((one) => quoted(one.name)),
  ]
  const values: SampleValue[][] = rows.map((row) => [
    ...(withRowid ? [row.rowid ?? null] : []),
    ...written.map((one) => row.values.get(one.name) ?? null),
  ])
  const dependants = generateDependants(context, writer, table, relations.childTables, log)
  const after = [...dependants.statements]
  if (rows.length > 0 && table.columns.some((one) => one.autoincrement) && random.chance(0.7)) {
    // as if rows with higher ids had been there and were deleted
    features.add('AUTOINCREMENT ahead of its rows')
    const name = table.name.replaceAll("'", "''")
    after.unshift(`UPDATE sqlite_sequence SET seq = seq + ${random.int(1, 1000)} WHERE name = '${name}'`)
  }
  if (random.chance(0.3))
    after.push(`PRAGMA user_version = ${random.int(1, 1000)}`, `PRAGMA application_id = ${random.int(1, 1000)}`)
  const schema = [text, ...relations.schema, `CREATE TABLE ${quoted(log)} (what, value)`]
  const spec: CaseSpec = {
    table,
    schema,
    rows: [...(values.length > 0 ? [insertInto(quoted(table.name), into, values)] : []), ...relations.children(rows)],
    after,
    indexes: dependants.indexes,
    features,
    other: relations.other,
  }
  return { spec, context }
}

/** The same case for the same seed. */
export function caseOf(seed: number): { readonly spec: CaseSpec; readonly context: ConstraintContext } {
  return generateCase(randomOf(seed))
}
