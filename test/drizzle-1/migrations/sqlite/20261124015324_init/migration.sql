CREATE TABLE `posts` (
	`author_id` integer,
	`nr` integer,
	`kind` text,
	CONSTRAINT `posts_pk` PRIMARY KEY(`author_id`, `nr`),
	CONSTRAINT `fk_posts_author_id_users_id_fk` FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON DELETE CASCADE,
	CONSTRAINT `posts_nr_kind_unique` UNIQUE(`nr`,`kind`),
	CONSTRAINT "c" CHECK("nr" > 0)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY AUTOINCREMENT,
	`email` text NOT NULL UNIQUE,
	`flag` integer DEFAULT true,
	`at` integer DEFAULT 0,
	`doc` text DEFAULT '{"a":1}',
	`raw` blob,
	`big` blob,
	`amount` numeric DEFAULT 1.5,
	`up` text GENERATED ALWAYS AS (upper(email)) VIRTUAL
);
--> statement-breakpoint
CREATE INDEX `by_kind` ON `posts` (`kind`);--> statement-breakpoint
CREATE VIEW `v` AS select "id" from "users";