import { autogenerate } from './autogenerate.ts'
import { commands, settingsOfIni } from './commands.ts'
import { context } from './context.ts'
import { operations } from './operations.ts'
import type { Section } from './row.ts'

export const sections: readonly Section[] = [
  { title: 'Commands and flags', rows: commands },
  { title: 'alembic.ini', rows: settingsOfIni },
  { title: 'Autogenerate', rows: autogenerate },
  { title: 'Operations', rows: operations },
  { title: 'The environment and its options', rows: context },
]
