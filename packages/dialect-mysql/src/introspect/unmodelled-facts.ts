import type { SchemaModel, Session, TableModel, UnmodelledFact } from '@org/migrate-core/dialect'
import { partitionText, unmodelledItems } from '../ddl/source.ts'
import { modeVariables } from '../sql/classify.ts'
import { parseTableText } from '../sql/column-text.ts'
import { quote } from '../sql/quote.ts'
import { afterParenthesis, isWord, nameOf, significant, textOf } from '../sql/tokens.ts'
import { programFacts } from './routines.ts'
import { sourceNow } from './tables.ts'
import { isUsualMode } from './triggers.ts'

/** A comment that the server runs, as what it holds. */
const bare = (text: string): string => text.replace(/^\/\*M?!\d*\s*/, '').replace(/\s*\*\/$/, '')

/** What is written behind the columns of an index. https://mariadb.com/kb/en/ignored-indexes/ */
const ofIndex = /\b(?:INVISIBLE|IGNORED|WITH PARSER `?\w+`?|KEY_BLOCK_SIZE=\d+|WITHOUT OVERLAPS)/i

function indexFact(item: string): { readonly name: string; readonly fact: string } | undefined {
  const tokens = significant(item)
  const key = tokens.findIndex((token) => isWord(token, 'KEY'))
  const name = nameOf(tokens[key + 1])
  const open = tokens.findIndex(({ text }) => text === '(')
  if (key === -1 || key > open || name === undefined) return undefined
  const isOverlap = tokens.slice(open).some((token) => isWord(token, 'OVERLAPS'))
  const behind = tokens.slice(afterParenthesis(tokens, open)).filter(({ kind }) => kind !== 'string')
  const [fact] = ofIndex.exec(textOf(behind)) ?? (isOverlap ? ['WITHOUT OVERLAPS'] : [])
  return fact === undefined ? undefined : { name, fact }
}

function factsOf({ ref: { name: table }, columns }: TableModel, source: string): readonly UnmodelledFact[] {
  const { columns: texts, items, tail } = parseTableText(source)
  const partitions = bare(partitionText(tail))
  return [
    ...columns.flatMap(({ name, type }) =>
      (texts.get(name) ?? [])
        .filter(({ kind }) => kind === 'other')
        .map(({ text }) => bare(text))
        // What the catalog has in the type is in the type of the model.
        .filter((fact) => !JSON.stringify(type).toUpperCase().includes(fact.toUpperCase()))
        .map((fact) => ({ kind: 'column' as const, table, name, fact })),
    ),
    ...items.flatMap((item) => {
      const fact = indexFact(item)
      return fact === undefined ? [] : { kind: 'index' as const, table, ...fact }
    }),
    ...items
      .filter((item) => item.startsWith('PRIMARY KEY') && significant(item).some((token) => isWord(token, 'DESC')))
      .map((item) => ({ kind: 'table' as const, name: table, fact: item })),
    ...unmodelledItems(items).map((item) => ({ kind: 'table' as const, name: table, fact: item })),
    ...(partitions === ''
      ? []
      : [
          {
            kind: 'table' as const,
            name: table,
            fact: partitions,
            create: `ALTER TABLE ${quote.identifier(table).text} ${partitions}`,
          },
        ]),
  ]
}

/** What the server's own texts of tables say beyond the model, and stored programs. */
export async function unmodelledFacts(
  session: Session,
  { tables, triggers }: SchemaModel,
): Promise<readonly UnmodelledFact[]> {
  const facts: UnmodelledFact[] = []
  for (const table of tables.values()) {
    if (table.opaque !== undefined) continue
    const source = await sourceNow(session, table.ref.name)
    if (source !== undefined) facts.push(...factsOf(table, source))
  }
  const [row] = await session.query(`SELECT ${modeVariables.program} AS usual`)
  for (const { name, table, settings } of triggers.values()) {
    if (settings?.sql_mode !== undefined && !isUsualMode(settings.sql_mode, String(row?.usual)))
      facts.push({ kind: 'trigger', table: table.name, name, fact: `sql_mode = '${settings.sql_mode}'` })
  }
  return [...facts, ...(await programFacts(session))]
}
