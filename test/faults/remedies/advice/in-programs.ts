import { checks } from './checks.ts'
import { commands } from './commands.ts'
import { library } from './library.ts'
import { moreLibrary } from './more-library.ts'
import { newFiles } from './new-files.ts'
import { projects } from './projects.ts'
import { sqlite } from './sqlite.ts'

export const inPrograms = { ...commands, ...projects, ...checks, ...newFiles, ...library, ...moreLibrary, ...sqlite }
