import {
  type CompileTable,
  type SequenceModel,
  type SqlFragment,
  sql,
  verbatim,
  words,
} from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { unsupported } from '../unsupported.ts'
import { columnName } from './comments.ts'
import { refText, statement } from './statements.ts'

type Fact = Exclude<keyof SequenceModel, 'ref'>
type Clauses = {
  readonly [K in Fact]: (value: NonNullable<SequenceModel[K]> | null, name: string) => SqlFragment
}

/** The numbers are texts, since they may be beyond what a number of JavaScript holds. */
function integer(text: string, name: string): SqlFragment {
  if (/^-?\d+$/.test(text)) return verbatim(text)
  return unsupported(`sequence ${name}`, `${JSON.stringify(text)} is no integer`)
}

const types = { integer16: sql`smallint`, integer32: sql`integer`, integer64: sql`bigint` }

/** Each fact as CREATE and ALTER SEQUENCE say it; null is what the server takes without it. */
const clauses: Clauses = {
  type: (type) => sql`AS ${type === null ? types.integer64 : types[type]}`,
  increment: (value, name) => sql`INCREMENT BY ${value === null ? sql`1` : integer(value, name)}`,
  minValue: (value, name) => (value === null ? sql`NO MINVALUE` : sql`MINVALUE ${integer(value, name)}`),
  maxValue: (value, name) => (value === null ? sql`NO MAXVALUE` : sql`MAXVALUE ${integer(value, name)}`),
  start: (value, name) => sql`START WITH ${value === null ? sql`1` : integer(value, name)}`,
  cache: (value) => sql`CACHE ${value ?? 1}`,
  cycle: (value) => (value ? sql`CYCLE` : sql`NO CYCLE`),
  ownedBy: (value) => (value === null ? sql`OWNED BY NONE` : sql`OWNED BY ${columnName(value.table, value.column)}`),
}

const facts = Object.keys(clauses) as readonly Fact[]

function said(change: { readonly [K in Fact]?: SequenceModel[K] | null }, name: string): readonly SqlFragment[] {
  return facts.flatMap((fact) => {
    const value = change[fact]
    return value === undefined ? [] : [(clauses[fact] as (value: unknown, name: string) => SqlFragment)(value, name)]
  })
}

export const sequenceStatements: Pick<CompileTable, 'createSequence' | 'alterSequence' | 'dropSequence'> = {
  createSequence: ({ operation: { sequence } }) => [
    statement(words(sql`CREATE SEQUENCE ${quote.table(sequence.ref)}`, ...said(sequence, refText(sequence.ref))), []),
  ],
  alterSequence: ({ operation: { sequence, change } }) => {
    const parts = said(change, refText(sequence))
    if (parts.length === 0) return []
    return [statement(words(sql`ALTER SEQUENCE ${quote.table(sequence)}`, ...parts), [])]
  },
  dropSequence: ({ operation: { sequence } }) => [statement(sql`DROP SEQUENCE ${quote.table(sequence)}`, [])],
}
