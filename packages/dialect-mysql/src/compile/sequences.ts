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
import { ddl, notInSchema } from './statements.ts'

function requireSequences(server: Server, ref: TableRef): void {
  if (server.flavour === 'mariadb') return
  throw unsupported(
    `the sequence ${ref.name}`,
    'MySQL has no sequences',
    'Give a column `identity: { mode: "autoIncrement" }`, or leave the sequence to the others with op.on().',
  )
}

/** Where a sequence starts that says nothing of it: at the end that it counts from. */
function usualStart({ increment = '1', minValue = '1', maxValue = '-1' }: SequenceModel): string {
  return increment.startsWith('-') ? maxValue : minValue
}

/** Every fact is said, so that what was taken away becomes the server's own again. */
function definition({ ref, type, ownedBy, ...sequence }: SequenceModel): SqlFragment {
  if (ownedBy !== undefined) {
    throw unsupported(`an owner of sequence ${ref.name}`, 'a sequence of MariaDB has no owner', 'Leave it out.')
  }
  if (type !== undefined && type !== 'integer64') {
    throw unsupported(`the type of sequence ${ref.name}`, 'a sequence of MariaDB counts in 64 bits', 'Set a maxValue.')
  }
  const { start, increment, minValue, maxValue, cache, cycle } = sequence
  return joinWithSpaces(
    start !== undefined && verbatim(`START WITH ${BigInt(start)}`),
    verbatim(minValue === undefined ? 'NO MINVALUE' : `MINVALUE ${BigInt(minValue)}`),
    verbatim(maxValue === undefined ? 'NO MAXVALUE' : `MAXVALUE ${BigInt(maxValue)}`),
    verbatim(`INCREMENT BY ${BigInt(increment ?? 1)}`),
    verbatim(`CACHE ${BigInt(cache ?? 1000)}`),
    verbatim(cycle ? 'CYCLE' : 'NOCYCLE'),
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

const cannotCount = ({ ref }: SequenceModel, why: string): Error =>
  unsupported(`the sequence ${ref.name}`, `it cannot count: ${why}`)

/** Refuses what the server would refuse in the run. https://mariadb.com/kb/en/create-sequence/ */
function requireCounting(sequence: SequenceModel): void {
  const { isFalling, ...counting } = countingOf(sequence)
  const step = isFalling ? -counting.increment : counting.increment
  const why =
    countingFault(counting, { lowest: -mostNumber, highest: mostNumber - 1n }) ??
    (counting.cache >= (mostNumber - step) / step
      ? `its cache of ${counting.cache} numbers, ${step} apart, is beyond 64 bits`
      : undefined)
  if (why !== undefined) throw cannotCount(sequence, why)
}

/** SETVAL goes on in the direction of the sequence only: one that turns stays where it stands, which has to be one of its numbers. */
function requireTurnable(before: SequenceModel | undefined, after: SequenceModel): void {
  if (before === undefined) return
  const [old, now] = [countingOf(before), countingOf(after)]
  if (old.isFalling === now.isFalling || (old.low <= now.high && now.low <= old.high)) return
  throw cannotCount(
    after,
    `it turns, and none of its numbers from ${old.low} to ${old.high} is one from ${now.low} to ${now.high}`,
  )
}

/**
 * The server takes no bounds that the sequence stands outside of. One that stands before them is put to its start; SETVAL never goes back,
 * so one that is further already stays where it is. https://mariadb.com/kb/en/setval/
 */
function moveIntoBounds(before: SequenceModel | undefined, after: SequenceModel): readonly Statement[] {
  const falls = after.increment?.startsWith('-') === true
  const [old, now] = [before, after].map((one) => usualStart({ ...one, ref: after.ref, increment: falls ? '-1' : '1' }))
  if (old === undefined || now === undefined) return []
  if (falls ? BigInt(now) >= BigInt(old) : BigInt(now) <= BigInt(old)) return []
  return [ddl(sql`DO SETVAL(${quote.table(after.ref)}, ${verbatim(`${BigInt(after.start ?? now)}`)}, 0)`, [])]
}

export function sequenceStatements(
  server: Server,
): Pick<CompileTable, 'createSequence' | 'alterSequence' | 'dropSequence'> {
  return {
    createSequence: ({ operation: { sequence } }) => {
      requireSequences(server, sequence.ref)
      checkLetters(server, 'sequence', sequence.ref.name)
      requireCounting(sequence)
      return [ddl(sql`CREATE SEQUENCE ${quote.table(sequence.ref)} ${definition(sequence)}`, [])]
    },
    alterSequence: ({ operation: { sequence: ref }, before, after }) => {
      requireSequences(server, ref)
      const sequence = after.sequences.get(tableKey(ref))
      if (sequence === undefined) throw notInSchema(`sequence ${ref.name}`)
      requireCounting(sequence)
      requireTurnable(before.sequences.get(tableKey(ref)), sequence)
      // An ALTER that says nothing of the start leaves the old one.
      const whole = { ...sequence, start: sequence.start ?? usualStart(sequence) }
      const alter = ddl(sql`ALTER SEQUENCE ${quote.table(ref)} ${definition(whole)}`, [])
      return [...moveIntoBounds(before.sequences.get(tableKey(ref)), sequence), alter]
    },
    dropSequence: ({ operation: { sequence: ref } }) => {
      requireSequences(server, ref)
      return [ddl(sql`DROP SEQUENCE ${quote.table(ref)}`, [])]
    },
  }
}
