import { constraintKindName, findCounterpart } from '../../compare/constraint-match.ts'
import { expressionText } from '../../compare/expression-text.ts'
import { canonicalJson } from '../../model/canonical.ts'
import { findTable, refText } from '../../model/edit.ts'
import type { ConstraintModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { ConstraintSelector, OperationTable } from '../operation.ts'
import { columnFootprint, constraintFootprints, part, tableFootprint } from './footprints.ts'
import {
  allColumnsOf,
  alterable,
  checkName,
  columnsOf,
  constraintText,
  editTable,
  exists,
  firstRepeated,
  invalid,
  irreversible,
  lastingOf,
  missingConstraint,
  requireColumn,
  sameColumns,
} from './objects.ts'

/** Throws where the constraint cannot stand in that table; whether its name is free is another question. */
export function checkConstraint(table: TableModel, constraint: ConstraintModel, operation: string): void {
  if (constraint.name !== undefined) checkName(constraint.name, constraintKindName(constraint.kind))
  if (constraint.kind === 'check') {
    if (constraint.expression.trim() === '') throw invalid(operation, 'the expression of the check is empty')
    return
  }
  if (constraint.kind === 'exclude') {
    if (constraint.elements.length === 0) throw invalid(operation, 'the exclusion constraint has no elements')
    return
  }
  if (constraint.columns.length === 0)
    throw invalid(operation, `the ${constraintKindName(constraint.kind)} has no columns`)
  const repeated = firstRepeated(constraint.columns)
  if (repeated !== undefined)
    throw invalid(operation, `the ${constraintKindName(constraint.kind)} names ${repeated} twice`)
  for (const column of allColumnsOf(constraint)) requireColumn(table, column)
  if (constraint.kind !== 'foreignKey') return
  const { columns } = constraint.references
  if (columns.length > 0 && columns.length !== constraint.columns.length) {
    throw invalid(operation, `the foreign key has ${constraint.columns.length} columns but refers to ${columns.length}`)
  }
}

/** What finds a constraint again: its name, else its kind and columns. */
export function selectorOf(constraint: ConstraintModel): ConstraintSelector | undefined {
  if (constraint.name !== undefined) return { name: constraint.name, kind: constraint.kind }
  if (constraint.kind === 'primaryKey') return { kind: 'primaryKey' }
  if (constraint.kind === 'check') return { kind: 'check', expression: constraint.expression }
  if (constraint.kind === 'exclude') return undefined
  return { kind: constraint.kind, columns: constraint.columns }
}

/** https://dev.mysql.com/doc/refman/8.4/en/create-table.html: "The name of a PRIMARY KEY is always PRIMARY". No other key may have it. */
const isPrimary = (name: string): boolean => name.toUpperCase() === 'PRIMARY'

/** Whether the name is the one that PostgreSQL gives to the primary key of the table, which has no name here: then the key is meant. */
function meansNamelessKey(table: TableModel, selector: ConstraintSelector): boolean {
  const isGiven = 'name' in selector && selector.kind === undefined && selector.name === `${table.ref.name}_pkey`
  return isGiven && table.constraints.some(({ kind, name }) => kind === 'primaryKey' && name === undefined)
}

function matches(constraint: ConstraintModel, selector: ConstraintSelector): boolean {
  if ('name' in selector) {
    const { name, kind } = selector
    // MySQL stores no name of a primary key.
    if (kind === undefined && isPrimary(name) && constraint.kind === 'primaryKey') return constraint.name === undefined
    const own = kind === 'primaryKey' ? constraint.name && name : name
    return constraint.name === own && (kind === undefined || kind === constraint.kind)
  }
  if (selector.kind === 'primaryKey') return constraint.kind === 'primaryKey'
  if (selector.kind === 'check') {
    return constraint.kind === 'check' && expressionText(constraint.expression) === expressionText(selector.expression)
  }
  return constraint.kind === selector.kind && sameColumns(columnsOf(constraint), selector.columns)
}

function selectorText(selector: ConstraintSelector): string {
  if ('name' in selector)
    return `${selector.kind === undefined ? 'constraint' : constraintKindName(selector.kind)} ${selector.name}`
  if (selector.kind === 'primaryKey') return 'primary key'
  if (selector.kind === 'check') return `check (${selector.expression})`
  return `${constraintKindName(selector.kind)} (${selector.columns.join(', ')})`
}

/**
 * The constraint that a selector means. Throws INVALID_OPERATION where it fits several; of those with the same columns the
 * one without a name is meant, since the others have a name to be called by.
 */
export function findConstraint(table: TableModel, selector: ConstraintSelector): ConstraintModel | undefined {
  const existing = table.constraints.filter((constraint) => matches(constraint, selector))
  if (existing.length <= 1) return existing[0]
  const nameless = existing.filter((constraint) => constraint.name === undefined)
  const [first] = nameless
  // One of several that are equal in everything cannot be named, and it makes no difference which of them goes.
  const alike = nameless.every((constraint) => canonicalJson(constraint) === canonicalJson(first))
  if (!('name' in selector) && first !== undefined && alike) return first
  throw invalid(
    `drop ${selectorText(selector)} of ${refText(table.ref)}`,
    `${existing.length} constraints of the table fit (${existing.map(constraintText).join('; ')}); name the one that is meant`,
  )
}

/** Whether a drop with `ifExists` has something to do: a nameless key by the name that PostgreSQL gives is refused, with how to write it. */
export const meansConstraint = (table: TableModel, selector: ConstraintSelector): boolean =>
  findConstraint(table, selector) !== undefined || meansNamelessKey(table, selector)

/** Another constraint without a name that the same selector means: what was added cannot be told from it. */
function hasNamelessCounterpart(table: TableModel, selector: ConstraintSelector): boolean {
  return (
    !('name' in selector) && table.constraints.some((other) => other.name === undefined && matches(other, selector))
  )
}

const ofPrimaryKey =
  "Check the name. A primary key has no name on MySQL and MariaDB, and may have none on SQLite: drop it with `{ kind: 'primaryKey' }` in place of the name."

function without(table: TableModel, constraint: ConstraintModel): readonly ConstraintModel[] {
  return table.constraints.toSpliced(table.constraints.indexOf(constraint), 1)
}

function ofTable(constraint: string, table: TableRef): string {
  return `${constraint} of ${refText(table)}`
}

export const constraintTraits: Pick<OperationTable, 'addConstraint' | 'dropConstraint' | 'renameConstraint'> = {
  addConstraint: {
    apply(before, operation) {
      const line = constraintTraits.addConstraint.describe(operation)
      const table = alterable(before, operation.table, line)
      const existing = findCounterpart(before, table, operation.constraint, 'both')
      if (existing !== undefined) {
        if (operation.ifNotExists) return before
        throw exists(ofTable(constraintText(existing), operation.table))
      }
      checkConstraint(table, operation.constraint, line)
      return editTable(before, table, { constraints: [...table.constraints, operation.constraint] })
    },
    invert(before, { table, constraint, ifNotExists }) {
      const owner = findTable(before, table)
      if (ifNotExists && owner !== undefined && findCounterpart(before, owner, constraint, 'both') !== undefined)
        return []
      const selector = selectorOf(constraint)
      if (selector === undefined)
        return irreversible('an exclusion constraint without a name cannot be named to drop it')
      if (owner !== undefined && hasNamelessCounterpart(owner, selector)) {
        return irreversible(
          `the table has another ${selectorText(selector)} without a name, from which it cannot be told`,
        )
      }
      return [{ kind: 'dropConstraint', table, constraint: selector }]
    },
    touches: ({ table, constraint }) => constraintFootprints(table, constraint),
    describe: ({ table, constraint }) => `add ${constraintText(constraint)} to ${refText(table)}`,
  },

  dropConstraint: {
    apply(before, operation) {
      const name = 'name' in operation.constraint ? operation.constraint.name : undefined
      const table = alterable(before, operation.table, constraintTraits.dropConstraint.describe(operation), name)
      const existing = findConstraint(table, operation.constraint)
      if (existing === undefined) {
        if (operation.ifExists && !meansNamelessKey(table, operation.constraint)) return before
        const text = ofTable(selectorText(operation.constraint), operation.table)
        const isNameless = table.constraints.some((each) => each.kind === 'primaryKey' && each.name === undefined)
        throw missingConstraint(table, text, name, isNameless ? ofPrimaryKey : undefined)
      }
      return editTable(before, table, { constraints: without(table, existing) })
    },
    invert(before, { table, constraint, ifExists }) {
      const owner = findTable(before, table)
      const existing = owner === undefined ? undefined : findConstraint(owner, constraint)
      if (existing === undefined) {
        return ifExists ? [] : irreversible(`the schema before has no ${ofTable(selectorText(constraint), table)}`)
      }
      const remaining = owner && { ...owner, constraints: without(owner, existing) }
      // A derived downgrade adds nothing that the table seems to have already.
      if (remaining !== undefined && findCounterpart(before, remaining, existing, 'either') !== undefined) {
        return irreversible(
          `the table keeps another ${constraintText(existing)}, beside which it cannot be added again`,
        )
      }
      return (
        lastingOf(ofTable(constraintText(existing), table), [existing]) ?? [
          { kind: 'addConstraint', table, constraint: existing },
        ]
      )
    },
    touches({ table, constraint }) {
      const base = tableFootprint(table)
      if ('name' in constraint) {
        const own = `${base}/constraint:${part(constraint.name)}`
        return constraint.kind === 'primaryKey' || isPrimary(constraint.name) ? [own, `${base}/primaryKey`] : [own]
      }
      if (constraint.kind === 'primaryKey') return [`${base}/primaryKey`]
      if (constraint.kind === 'check') return [`${base}/check:${part(constraint.expression)}`]
      const own = `${constraint.kind}:${part(JSON.stringify(constraint.columns))}`
      return [`${base}/${own}`, ...constraint.columns.map((column) => `${columnFootprint(table, column)}/${own}`)]
    },
    describe: ({ table, constraint }) => `drop ${selectorText(constraint)} of ${refText(table)}`,
  },

  renameConstraint: {
    apply(before, operation) {
      const { constraint: name, to } = operation
      const line = constraintTraits.renameConstraint.describe(operation)
      const table = alterable(before, operation.table, line, name)
      checkName(to, 'constraint')
      const named = table.constraints.filter((constraint) => constraint.name === name)
      if (named.length === 0) throw missingConstraint(table, ofTable(`constraint ${name}`, operation.table), name)
      // MySQL: "constraint names … are unique per type" (https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html).
      if (named.length > 1) {
        const kinds = named.map(({ kind }) => kind).join(' and ')
        throw invalid(line, `${kinds} are called so: drop the one that is meant (\`{ name, kind }\`), and add it again`)
      }
      if (table.constraints.some((constraint) => constraint.name === to)) {
        throw exists(ofTable(`constraint ${to}`, operation.table))
      }
      const constraints = table.constraints.map((constraint) =>
        constraint.name === name ? { ...constraint, name: to } : constraint,
      )
      return editTable(before, table, { constraints })
    },
    invert: (_before, { table, constraint, to }) => [
      { kind: 'renameConstraint', table, constraint: to, to: constraint },
    ],
    touches: ({ table, constraint, to }) => [
      `${tableFootprint(table)}/constraint:${part(constraint)}`,
      `${tableFootprint(table)}/constraint:${part(to)}`,
    ],
    describe: ({ table, constraint, to }) => `rename constraint ${constraint} of ${refText(table)} to ${to}`,
  },
}
