import {
  type ColumnType,
  type Counting as Counter,
  countingFault,
  type Identity,
  type SqlFragment,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import { unsupported } from '../../sql/unsupported.ts'
import { identityStart, usualBounds } from '../../types/sequence-bounds.ts'

type Counting = Omit<Identity, 'mode' | 'sequence'>
type Clauses = {
  readonly [F in keyof Required<Counting>]: (value: Counting[F], column: string) => SqlFragment
}

/** The bounds are texts, since they may be beyond what a number of JavaScript holds. */
function bound(text: string, column: string): SqlFragment {
  if (/^-?\d+$/.test(text)) return verbatim(text)
  return unsupported(`the identity of column ${column}`, `${JSON.stringify(text)} is no integer`)
}

/** Each fact as GENERATED … AS IDENTITY says it, and, behind SET, ALTER COLUMN; undefined is what the server takes without it. */
const clauses: Clauses = {
  start: (value = 1) => sql`START WITH ${value}`,
  increment: (value = 1) => sql`INCREMENT BY ${value}`,
  minValue: (value, column) => (value === undefined ? sql`NO MINVALUE` : sql`MINVALUE ${bound(value, column)}`),
  maxValue: (value, column) => (value === undefined ? sql`NO MAXVALUE` : sql`MAXVALUE ${bound(value, column)}`),
  cache: (value = 1) => sql`CACHE ${value}`,
  cycle: (value = false) => (value ? sql`CYCLE` : sql`NO CYCLE`),
}

/** Throws UNSUPPORTED for a counter that the server refuses. */
export function requireCountable(what: string, { bits, ...counting }: Counter & { readonly bits: 16 | 32 | 64 }): void {
  const most = 1n << BigInt(bits - 1)
  const widest = 1n << 63n
  const why =
    countingFault(counting, { lowest: -most, highest: most - 1n }) ??
    (counting.increment >= widest || counting.increment < -widest
      ? `its increment ${counting.increment} is beyond 64 bits`
      : undefined)
  if (why !== undefined) throw unsupported(what, `it cannot count: ${why}`)
}

/** Refuses an identity that the server would refuse in the run. */
export function requireCountingIdentity(identity: Identity, type: ColumnType, column: string): void {
  const { increment = 1, minValue, maxValue, cache = 1 } = identity
  const start = identityStart(identity)
  if (![minValue ?? '0', maxValue ?? '0', start].every((text) => /^-?\d+$/.test(text))) return
  const bits = type.kind === 'integer' ? type.bits : 64
  const { low, high } = usualBounds(increment >= 0, bits)
  requireCountable(`the identity of column ${column}`, {
    increment: BigInt(increment),
    low: BigInt(minValue ?? low),
    high: BigInt(maxValue ?? high),
    start: BigInt(start),
    cache: BigInt(cache),
    bits,
  })
}

const facts = Object.keys(clauses) as readonly (keyof Counting)[]

const clause = (fact: keyof Counting, identity: Counting, column: string): SqlFragment =>
  (clauses[fact] as (value: unknown, column: string) => SqlFragment)(identity[fact], column)

/** What an identity says of how it counts. */
export function identityOptions(identity: Counting, column: string): readonly SqlFragment[] {
  return facts.filter((fact) => identity[fact] !== undefined).map((fact) => clause(fact, identity, column))
}

/** What is another in the second one. Where nothing says where to begin, ALTER leaves the old place, and that is said too. */
export function identityChanges(previous: Identity, current: Identity, column: string): readonly SqlFragment[] {
  const explicit = { ...current, start: Number(identityStart(current)) }
  const changed = facts.filter((fact) =>
    fact === 'start'
      ? identityStart(previous) !== identityStart(current)
      : clause(fact, previous, column).text !== clause(fact, current, column).text,
  )
  return changed.map((fact) => sql`SET ${clause(fact, explicit, column)}`)
}
