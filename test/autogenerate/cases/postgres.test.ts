import { coverageOf } from './coverage.ts'
import { postgresGrid } from './postgres/grid.ts'
import { postgresCases } from './postgres/index.ts'
import { sampleOfRows } from './run.ts'
import { casesOnServer, majorOf } from './servers.ts'

coverageOf('PostgreSQL', postgresCases, postgresGrid)
casesOnServer('postgres', sampleOfRows(postgresCases), await majorOf('postgres'))
