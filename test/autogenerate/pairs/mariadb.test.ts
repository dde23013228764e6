import { pairsOn } from './draw/on-server.ts'

pairsOn('mariadb', 'MariaDB')
