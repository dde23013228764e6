import { postgresCases } from './postgres/index.ts'
import { casesOnServer } from './servers.ts'

casesOnServer('postgres', postgresCases)
