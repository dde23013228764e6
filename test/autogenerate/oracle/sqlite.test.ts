import { schemas } from './schemas/sqlite/all.ts'
import { judge } from './suite.ts'

judge('sqlite', schemas)
