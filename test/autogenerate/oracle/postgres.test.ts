import { schemas } from './schemas/postgres/all.ts'
import { judge } from './suite.ts'

judge('postgres', schemas)
