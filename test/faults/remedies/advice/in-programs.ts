import { checks } from './checks.ts'
import { commands } from './commands.ts'
import { daily } from './daily.ts'
import { library } from './library.ts'
import { moreLibrary } from './more-library.ts'
import { newFiles } from './new-files.ts'
import { projects } from './projects.ts'
import { sqlite } from './sqlite.ts'

export const inPrograms = {
  ...commands,
  ...projects,
  ...checks,
  ...daily,
  ...newFiles,
  ...library,
  ...moreLibrary,
  ...sqlite,
}
