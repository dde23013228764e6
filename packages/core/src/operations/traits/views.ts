import { withArticle } from '../../errors/count-text.ts'
import { put, refText, tableKey, without } from '../../model/edit.ts'
import type { SchemaModel, TableRef, ViewModel } from '../../model/schema-model.ts'
import type { Operation, OperationTable } from '../operation.ts'
import { part, schemaFootprints } from './footprints.ts'
import {
  checkName,
  checkRef,
  checkRelationFree,
  invalid,
  irreversible,
  lastingOf,
  missing,
  renamed,
  withoutSource,
} from './objects.ts'
import { followTriggers, triggersOf, withoutTriggers } from './references.ts'

const checkOption = /\s+WITH\s+(?:(CASCADED|LOCAL)\s+)?CHECK\s+OPTION\s*;?\s*$/i
/** The last line may be a comment that ends so. */
const lastComment = /(?:--|#|\*\/)[^\n]*$/

/** A view whose SELECT ends with WITH CHECK OPTION has it among its options, as servers keep it. */
function withCheckOption(view: ViewModel): ViewModel {
  const match = checkOption.exec(view.definition)
  if (match === null || lastComment.test(view.definition.trimEnd())) return view
  const scope = (match[1] ?? 'CASCADED').toLowerCase()
  return {
    ...view,
    definition: view.definition.slice(0, match.index),
    options: { ...view.options, check_option: scope },
  }
}

function findView(model: SchemaModel, ref: TableRef): ViewModel | undefined {
  return model.views.get(tableKey(ref))
}

function requireView(model: SchemaModel, ref: TableRef): ViewModel {
  const view = findView(model, ref)
  if (view === undefined) throw missing(`view ${refText(ref)}`)
  return view
}

function kindOf(view: { readonly materialized?: true }): string {
  return view.materialized ? 'materialized view' : 'view'
}

function checkView(view: ViewModel, operation: string): void {
  checkRef(view.ref, 'view')
  if (view.definition.trim() === '') throw invalid(operation, 'the SELECT is empty')
}

/** A replacement that states no options keeps those of the view, and a materialised view stays filled or empty. */
function replaced(existing: ViewModel, { noData: _, options = existing.options, ...view }: ViewModel): ViewModel {
  return withCheckOption({
    ...view,
    ...(options === undefined ? {} : { options }),
    ...(existing.noData === undefined ? {} : { noData: existing.noData }),
  })
}

/** What it reads may have another name by the time that it is created again. */
function withoutReads({ reads: _, readColumns: __, ...view }: ViewModel): ViewModel {
  return view
}

/** A view and a table share one space of names: their footprints do too. */
function viewFootprint(ref: TableRef): string {
  return `table:${part(tableKey(ref))}`
}

export const viewTraits: Pick<OperationTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> = {
  createView: {
    apply(before, operation) {
      const { view } = operation
      if (operation.ifNotExists && findView(before, view.ref) !== undefined) return before
      checkView(view, viewTraits.createView.describe(operation))
      checkRelationFree(before, view.ref)
      return put(before, 'views', tableKey(view.ref), withCheckOption(view))
    },
    invert(before, { view, ifNotExists }) {
      if (ifNotExists && findView(before, view.ref) !== undefined) return []
      return [{ kind: 'dropView', view: view.ref, ...(view.materialized ? { materialized: true } : {}) }]
    },
    touches: ({ view }) => [viewFootprint(view.ref), ...schemaFootprints(view.ref)],
    describe: ({ view }) => `create ${kindOf(view)} ${refText(view.ref)}`,
  },

  replaceView: {
    apply(before, operation) {
      const { view } = operation
      const line = viewTraits.replaceView.describe(operation)
      const existing = requireView(before, view.ref)
      if (existing.materialized !== view.materialized)
        throw invalid(line, `${refText(view.ref)} is ${withArticle(kindOf(existing))}`)
      checkView(view, line)
      return put(before, 'views', tableKey(view.ref), replaced(existing, view))
    },
    invert(before, { view }) {
      const existing = findView(before, view.ref)
      if (existing === undefined) return irreversible(`the schema before has no view ${refText(view.ref)}`)
      const options = withCheckOption(view).options === undefined ? {} : { options: existing.options ?? {} }
      return [{ kind: 'replaceView', view: { ...withoutReads(existing), ...options } }]
    },
    touches: ({ view }) => [viewFootprint(view.ref)],
    describe: ({ view }) => `replace ${kindOf(view)} ${refText(view.ref)}`,
  },

  renameView: {
    apply(before, { view: ref, to }) {
      const view = requireView(before, ref)
      const target = renamed(ref, to)
      checkName(to, 'view')
      checkRelationFree(before, target)
      const moved = put(
        without(before, 'views', tableKey(ref)),
        'views',
        tableKey(target),
        withoutSource({ ...view, ref: target }),
      )
      return followTriggers(moved, ref, target)
    },
    invert: (_before, { view, to }) => [{ kind: 'renameView', view: renamed(view, to), to: view.name }],
    touches: ({ view, to }) => [viewFootprint(view), viewFootprint(renamed(view, to))],
    describe: ({ view, to }) => `rename view ${refText(view)} to ${to}`,
  },

  dropView: {
    apply(before, operation) {
      const { view: ref } = operation
      const view = findView(before, ref)
      if (view === undefined) {
        if (operation.ifExists) return before
        throw missing(`view ${refText(ref)}`)
      }
      if (view.materialized !== operation.materialized) {
        throw invalid(viewTraits.dropView.describe(operation), `${refText(ref)} is ${withArticle(kindOf(view))}`)
      }
      return withoutTriggers(without(before, 'views', tableKey(ref)), ref)
    },
    invert(before, { view: ref, ifExists }) {
      const view = findView(before, ref)
      if (view === undefined) return ifExists ? [] : irreversible(`the schema before has no view ${refText(ref)}`)
      const lasting = lastingOf(`${kindOf(view)} ${refText(ref)}`, [view])
      if (lasting !== undefined) return lasting
      return [
        { kind: 'createView', view: withoutReads(view) },
        ...triggersOf(before, ref).map((trigger): Operation => ({ kind: 'createTrigger', trigger })),
      ]
    },
    touches: ({ view }) => [viewFootprint(view)],
    describe: (operation) => `drop ${kindOf(operation)} ${refText(operation.view)}`,
  },
}
