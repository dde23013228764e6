import { isLoop } from '../../kit/scale.ts'
import { coverageOf } from './coverage.ts'
import { sampleOfRows } from './run.ts'
import { casesOnSqlite } from './servers.ts'
import { sqliteGrid } from './sqlite/grid.ts'
import { sqliteCases } from './sqlite/index.ts'

coverageOf('SQLite', sqliteCases, sqliteGrid)
casesOnSqlite(isLoop ? sampleOfRows(sqliteCases) : sqliteCases)
