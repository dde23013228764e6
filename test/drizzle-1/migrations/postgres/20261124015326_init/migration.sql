CREATE SCHEMA "app";
--> statement-breakpoint
CREATE TYPE "mood" AS ENUM('ok', 'bad');--> statement-breakpoint
CREATE SEQUENCE "public"."counter" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 5 CACHE 1;--> statement-breakpoint
CREATE TABLE "app"."placed" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid()
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"author" integer,
	"nr" integer,
	"kind" text,
	CONSTRAINT "posts_pkey" PRIMARY KEY("author","nr"),
	CONSTRAINT "posts_nr_kind_unique" UNIQUE NULLS NOT DISTINCT("nr","kind"),
	CONSTRAINT "c" CHECK ("nr" > 0)
);
--> statement-breakpoint
ALTER TABLE "posts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "users" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"email" text UNIQUE,
	"moods" "mood"[] DEFAULT '{ok}'::"mood"[],
	"m" integer[][] DEFAULT '{{1},{2}}'::integer[],
	"doc" jsonb DEFAULT '{"a":1}',
	"docs" jsonb[],
	"raw" bytea,
	"big" bigint DEFAULT 9007199254740993,
	"flag" boolean[] DEFAULT '{t}'::boolean[],
	"at" timestamp with time zone DEFAULT now(),
	"up" text GENERATED ALWAYS AS (upper(email)) STORED
);
--> statement-breakpoint
CREATE INDEX "posts_kind_index" ON "posts" ("kind" DESC NULLS LAST);--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_author_users_id_fkey" FOREIGN KEY ("author") REFERENCES "users"("id");--> statement-breakpoint
CREATE VIEW "v" AS (select "id" from "users");--> statement-breakpoint
CREATE MATERIALIZED VIEW "mv" AS (select "id" from "users");--> statement-breakpoint
CREATE POLICY "p" ON "posts" AS PERMISSIVE FOR SELECT TO public USING (true);