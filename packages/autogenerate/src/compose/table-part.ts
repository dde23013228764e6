import type { IndexModel, TableRef } from '@org/migrate-core/dialect'
import type { TablePart } from '../differences/table-difference.ts'
import type { Steps } from './composition.ts'
import { dropConstraint } from './keys.ts'

/** What a part computes, in one text; its plain columns are no part of it. */
export function computedText(part: TablePart): string {
  const textOf = ({ elements, where = '' }: Pick<IndexModel, 'elements' | 'where'>): string =>
    [...elements.map(({ expression }) => expression), where].join(' ')
  if (part.kind === 'index') return textOf(part.index)
  if (part.constraint.kind === 'check') return part.constraint.expression
  return part.constraint.kind === 'exclude' ? textOf(part.constraint) : ''
}

export function* dropPart(table: TableRef, part: TablePart): Steps {
  if (part.kind === 'index') yield { kind: 'dropIndex', table, index: part.index.name }
  else yield* dropConstraint(table, part.constraint)
}
