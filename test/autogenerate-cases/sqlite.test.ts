import { casesOnSqlite } from './servers.ts'
import { sqliteCases } from './sqlite/index.ts'

casesOnSqlite(sqliteCases)
