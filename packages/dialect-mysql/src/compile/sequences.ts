import {
  type CompileTable,
  type Counting,
  countingFault,
  joinWithSpaces,
  type SequenceModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableRef,
  tableKey,
  verbatim,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote, unsupported } from '../sql/quote.ts'
import { checkLetters } from './limits.ts'
import { ddl, notInSchema, statement } from './statements.ts'

function requireSequences(server: Server, ref: TableRef): void {
  if (server.flavour === 'mariadb') return
  throw unsupported(
    `the sequence ${ref.name}`,
    'MySQL has no sequences',
    'Give a column `identity: { mode: "autoIncrement" }`, or leave the sequence to the others with op.on().',
  )
}

const mostNumber = 2n ** 63n - 1n

function countingOf({ minValue, maxValue, ...sequence }: SequenceModel): Counting & { readonly isFalling: boolean } {
  const increment = BigInt(sequence.increment ?? 1)
  const isFalling = increment < 0n
  const cache = BigInt(sequence.cache ?? 1000)
  const low = BigInt(minValue ?? (isFalling ? -mostNumber : 1n))
  const high = BigInt(maxValue ?? (isFalling ? -1n : mostNumber - 1n))
  const start = BigInt(sequence.start ?? (isFalling ? high : low))
  // An INCREMENT of 0 stands for the setting of the server, and without a cache it takes each number by itself.
  return { increment: increment === 0n ? 1n : increment, low, high, start, cache: cache === 0n ? 1n : cache, isFalling }
}

/**
 * Every fact is said, so that what was taken away becomes the server's own again. The bounds are numbers: an explicit NO MAXVALUE of a
 * sequence that falls is read as the bound of one that rises, where none at all is -1. https://mariadb.com/kb/en/create-sequence/
 */
function definition(sequence: SequenceModel, start: bigint | undefined): SqlFragment {
  const { ref, type, ownedBy, increment, cache, cycle } = sequence
  if (ownedBy !== undefined) {
    throw unsupported(`an owner of sequence ${ref.name}`, 'a sequence of MariaDB has no owner', 'Leave it out.')
  }
  if (type !== undefined && type !== 'integer64') {
    throw unsupported(`the type of sequence ${ref.name}`, 'a sequence of MariaDB counts in 64 bits', 'Set a maxValue.')
  }
  const { low, high } = countingOf(sequence)
  return joinWithSpaces(
    start !== undefined && verbatim(`START WITH ${start}`),
    verbatim(`MINVALUE ${low}`),
    verbatim(`MAXVALUE ${high}`),
    verbatim(`INCREMENT BY ${BigInt(increment ?? 1)}`),
    verbatim(`CACHE ${BigInt(cache ?? 1000)}`),
    verbatim(cycle ? 'CYCLE' : 'NOCYCLE'),
  )
}

const cannotCount = ({ ref }: SequenceModel, why: string): Error =>
  unsupported(`the sequence ${ref.name}`, `it cannot count: ${why}`)

/** Refuses what the server would refuse in the run. https://mariadb.com/kb/en/create-sequence/ */
function requireCounting(sequence: SequenceModel): void {
  const { ref, increment, minValue, maxValue, start } = sequence
  const text = [increment, minValue, maxValue, start].find((each) => each !== undefined && !/^-?\d+$/.test(each))
  if (text !== undefined) throw unsupported(`the sequence ${ref.name}`, `${JSON.stringify(text)} is no integer`)
  const { isFalling, ...counting } = countingOf(sequence)
  const step = isFalling ? -counting.increment : counting.increment
  const why =
    countingFault(counting, { lowest: -mostNumber, highest: mostNumber - 1n }) ??
    (counting.cache >= (mostNumber - step) / step
      ? `its cache of ${counting.cache} numbers, ${step} apart, is beyond 64 bits`
      : undefined)
  if (why !== undefined) throw cannotCount(sequence, why)
}

/**
 * The server takes no bounds that the sequence is before, and one that is behind them has run out by them without an error. One that is at
 * its start has given no number, and begins where the new bounds say: SETVAL goes in its direction only, and an INSERT puts it anywhere.
 * One that has given some is reported, before anything is changed. https://mariadb.com/kb/en/sequence-overview/
 */
function moveIntoBounds(sequence: SequenceModel): readonly Statement[] {
  const table = quote.table(sequence.ref)
  const { low, high, start, isFalling } = countingOf(sequence)
  const [isBelow, isAbove] = [verbatim(`next_not_cached_value < ${low}`), verbatim(`next_not_cached_value > ${high}`)]
  const isOut = sql`(${isBelow} OR ${isAbove})`
  // One that begins again at its end never runs out.
  const isReported = sequence.cycle ? (isFalling ? isAbove : isBelow) : isOut
  const { increment = '1', cache = 1000, cycle = false } = sequence
  const numbers = [start, low, high, start, BigInt(increment), BigInt(cache), cycle ? 1 : 0, 0].join(', ')
  return [
    statement(
      sql`SELECT next_not_cached_value FROM ${table} WHERE next_not_cached_value <> start_value AND ${isReported}`,
      [],
      {
        expectEmpty: `number of sequence ${sequence.ref.name} outside the bounds that it is to have`,
        remedy:
          'Set it with op.sql, in the same revision before: ALTER SEQUENCE … RESTART WITH a number within the old and the new bounds, or RESTART alone, to begin at its start.',
      },
    ),
    statement(
      sql`INSERT INTO ${table} SELECT ${verbatim(numbers)} FROM ${table} WHERE next_not_cached_value = start_value AND ${isOut}`,
      [],
    ),
  ]
}

export function sequenceStatements(
  server: Server,
): Pick<CompileTable, 'createSequence' | 'alterSequence' | 'dropSequence'> {
  return {
    createSequence: ({ operation: { sequence } }) => {
      requireSequences(server, sequence.ref)
      checkLetters(server, 'sequence', sequence.ref.name)
      requireCounting(sequence)
      const start = sequence.start === undefined ? undefined : BigInt(sequence.start)
      return [ddl(sql`CREATE SEQUENCE ${quote.table(sequence.ref)} ${definition(sequence, start)}`, [])]
    },
    alterSequence: ({ operation: { sequence: ref }, after }) => {
      requireSequences(server, ref)
      const sequence = after.sequences.get(tableKey(ref))
      if (sequence === undefined) throw notInSchema(`sequence ${ref.name}`)
      requireCounting(sequence)
      // An ALTER that says nothing of the start leaves the old one.
      const whole = definition(sequence, countingOf(sequence).start)
      return [...moveIntoBounds(sequence), ddl(sql`ALTER SEQUENCE ${quote.table(ref)} ${whole}`, [])]
    },
    dropSequence: ({ operation: { sequence: ref } }) => {
      requireSequences(server, ref)
      return [ddl(sql`DROP SEQUENCE ${quote.table(ref)}`, [])]
    },
  }
}
