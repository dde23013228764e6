import { mysqlCases } from './mysql/index.ts'
import { casesOnServer } from './servers.ts'

casesOnServer('mariadb', mysqlCases)
