import { put, refText, tableKey, without } from '../../model/edit.ts'
import type { SchemaModel, SequenceModel } from '../../model/schema-model.ts'
import type { OperationTable, SequenceChange } from '../operation.ts'
import { columnFootprint, part, schemaFootprints } from './footprints.ts'
import { checkRef, exists, irreversible, missing, requireColumn, requireTable } from './objects.ts'

function checkOwner(model: SchemaModel, owner: SequenceModel['ownedBy'] | null): void {
  if (owner !== undefined && owner !== null) requireColumn(requireTable(model, owner.table), owner.column)
}

function ownerFootprints(sequence: string, owner: SequenceModel['ownedBy'] | null): readonly string[] {
  return owner === undefined || owner === null ? [] : [`${columnFootprint(owner.table, owner.column)}/${sequence}`]
}

const range = ['start', 'minValue', 'maxValue'] as const
const rangeShapers: ReadonlySet<string> = new Set<keyof SequenceChange>([...range, 'type', 'increment'])

/**
 * The facts that the inverse of a change states. Of the range also what the change does not name: a start or a bound that is the usual one
 * of another type, direction or range is not stated in the schema after it, and would become the usual one of the former again.
 */
function factsBack(existing: SequenceModel, change: SequenceChange): readonly (keyof SequenceChange)[] {
  const facts = Object.keys(change) as (keyof SequenceChange)[]
  if (!facts.some((fact) => rangeShapers.has(fact))) return facts
  return [...new Set([...facts, ...range.filter((fact) => existing[fact] !== undefined)])]
}

export const sequenceTraits: Pick<OperationTable, 'createSequence' | 'alterSequence' | 'dropSequence'> = {
  createSequence: {
    apply(before, { sequence, ifNotExists }) {
      const key = tableKey(sequence.ref)
      if (before.sequences.has(key)) {
        if (ifNotExists) return before
        throw exists(`sequence ${refText(sequence.ref)}`)
      }
      checkRef(sequence.ref, 'sequence')
      checkOwner(before, sequence.ownedBy)
      return put(before, 'sequences', key, sequence)
    },
    invert: (before, { sequence, ifNotExists }) =>
      ifNotExists && before.sequences.has(tableKey(sequence.ref))
        ? []
        : [{ kind: 'dropSequence', sequence: sequence.ref }],
    touches({ sequence }) {
      const own = `sequence:${part(tableKey(sequence.ref))}`
      return [own, ...schemaFootprints(sequence.ref), ...ownerFootprints(own, sequence.ownedBy)]
    },
    describe: ({ sequence }) => `create sequence ${refText(sequence.ref)}`,
  },

  alterSequence: {
    apply(before, { sequence: ref, change }) {
      const key = tableKey(ref)
      const existing = before.sequences.get(key)
      if (existing === undefined) throw missing(`sequence ${refText(ref)}`)
      checkOwner(before, change.ownedBy)
      const changed = Object.fromEntries(
        Object.entries({ ...existing, ...change }).filter(([, value]) => value !== null),
      )
      return put(before, 'sequences', key, { ...changed, ref: existing.ref })
    },
    invert(before, { sequence: ref, change }) {
      const existing = before.sequences.get(tableKey(ref))
      if (existing === undefined) return irreversible(`the schema before has no sequence ${refText(ref)}`)
      const facts = factsBack(existing, change)
      const old: SequenceChange = Object.fromEntries(facts.map((fact) => [fact, existing[fact] ?? null]))
      return [{ kind: 'alterSequence', sequence: ref, change: old }]
    },
    touches({ sequence, change }) {
      const own = `sequence:${part(tableKey(sequence))}`
      return [own, ...ownerFootprints(own, change.ownedBy)]
    },
    describe: ({ sequence, change }) => `change sequence ${refText(sequence)}: ${Object.keys(change).join(', ')}`,
  },

  dropSequence: {
    apply(before, { sequence: ref, ifExists }) {
      if (!before.sequences.has(tableKey(ref))) {
        if (ifExists) return before
        throw missing(`sequence ${refText(ref)}`)
      }
      return without(before, 'sequences', tableKey(ref))
    },
    invert(before, { sequence: ref, ifExists }) {
      const sequence = before.sequences.get(tableKey(ref))
      if (sequence !== undefined) return [{ kind: 'createSequence', sequence }]
      return ifExists ? [] : irreversible(`the schema before has no sequence ${refText(ref)}`)
    },
    touches: ({ sequence }) => [`sequence:${part(tableKey(sequence))}`],
    describe: ({ sequence }) => `drop sequence ${refText(sequence)}`,
  },
}
