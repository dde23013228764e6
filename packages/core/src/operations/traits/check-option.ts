import type { ViewModel } from '../../model/schema-model.ts'

const clause = /\s+WITH\s+(?:(CASCADED|LOCAL)\s+)?CHECK\s+OPTION\s*;?\s*$/i
/** The last line may be a comment that ends so. */
const comment = /(?:--|#|\*\/)[^\n]*$/

/** A view whose SELECT ends with WITH CHECK OPTION has it among its options, as servers keep it. */
export function withCheckOption(view: ViewModel): ViewModel {
  const match = clause.exec(view.definition)
  if (match === null || comment.test(view.definition.trimEnd())) return view
  const scope = (match[1] ?? 'CASCADED').toLowerCase()
  return {
    ...view,
    definition: view.definition.slice(0, match.index),
    options: { ...view.options, check_option: scope },
  }
}
