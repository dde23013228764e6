import {
  type CompileTable,
  type SequenceModel,
  type SqlFragment,
  sql,
  type TableRef,
  tableKey,
  verbatim,
  words,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote, unsupported } from '../quote.ts'
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
    throw unsupported(`an owner of sequence ${ref.name}`, 'a sequence of MariaDB belongs to nobody', 'Leave it out.')
  }
  if (type !== undefined && type !== 'integer64') {
    throw unsupported(`the type of sequence ${ref.name}`, 'a sequence of MariaDB counts in 64 bits', 'Set a maxValue.')
  }
  const { start, increment, minValue, maxValue, cache, cycle } = sequence
  return words(
    start !== undefined && verbatim(`START WITH ${BigInt(start)}`),
    verbatim(minValue === undefined ? 'NO MINVALUE' : `MINVALUE ${BigInt(minValue)}`),
    verbatim(maxValue === undefined ? 'NO MAXVALUE' : `MAXVALUE ${BigInt(maxValue)}`),
    verbatim(`INCREMENT BY ${BigInt(increment ?? 1)}`),
    verbatim(`CACHE ${BigInt(cache ?? 1000)}`),
    verbatim(cycle ? 'CYCLE' : 'NOCYCLE'),
  )
}

export function sequenceStatements(
  server: Server,
): Pick<CompileTable, 'createSequence' | 'alterSequence' | 'dropSequence'> {
  return {
    createSequence: ({ operation: { sequence } }) => {
      requireSequences(server, sequence.ref)
      return [ddl(sql`CREATE SEQUENCE ${quote.table(sequence.ref)} ${definition(sequence)}`, [])]
    },
    alterSequence: ({ operation: { sequence: ref }, after }) => {
      requireSequences(server, ref)
      const sequence = after.sequences.get(tableKey(ref))
      if (sequence === undefined) throw notInSchema(`sequence ${ref.name}`)
      // An ALTER that says nothing of the start leaves the old one.
      const whole = { ...sequence, start: sequence.start ?? usualStart(sequence) }
      return [ddl(sql`ALTER SEQUENCE ${quote.table(ref)} ${definition(whole)}`, [])]
    },
    dropSequence: ({ operation: { sequence: ref } }) => {
      requireSequences(server, ref)
      return [ddl(sql`DROP SEQUENCE ${quote.table(ref)}`, [])]
    },
  }
}
