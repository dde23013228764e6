import { checks } from './checks.ts'
import { commands } from './commands.ts'
import { library } from './library.ts'
import { projects } from './projects.ts'

export const inPrograms = { ...commands, ...projects, ...checks, ...library }
