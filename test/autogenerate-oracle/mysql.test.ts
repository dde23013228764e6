import { schemas } from './schemas/mysql/all.ts'
import { judge } from './suite.ts'

judge('mysql', schemas)
