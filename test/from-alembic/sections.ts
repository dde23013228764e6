import { context } from './context.ts'
import { operations } from './operations.ts'
import type { Section } from './row.ts'

export const sections: readonly Section[] = [
  { title: 'Operations', rows: operations },
  { title: 'The environment and its options', rows: context },
]
