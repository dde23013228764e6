import { coverageOf } from './coverage.ts'
import { mysqlGrid } from './mysql/grid.ts'
import { mysqlCases } from './mysql/index.ts'
import { sampleOfRows } from './run.ts'
import { casesOnServer } from './servers.ts'

const { expression: _, ...index } = mysqlGrid.index ?? {}
// MariaDB has no indexes over expressions.
coverageOf(
  'MariaDB',
  mysqlCases.filter(({ only }) => only !== 'mysql'),
  { ...mysqlGrid, index },
)
casesOnServer('mariadb', sampleOfRows(mysqlCases))
