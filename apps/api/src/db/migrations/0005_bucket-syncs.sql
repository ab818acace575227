CREATE TABLE "bucket_syncs" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"resource_id" text NOT NULL,
	"enabled" boolean NOT NULL,
	"buckets" jsonb,
	"store_id" text,
	"destination" jsonb,
	"sealed_config" text,
	"prefix" text NOT NULL,
	"deletions" text NOT NULL,
	"preset" text,
	"at" text,
	"cron" text,
	"time_zone" text NOT NULL,
	"next_run_at" timestamp with time zone,
	"last_run_at" timestamp with time zone,
	"report" jsonb,
	"reported_at" timestamp with time zone,
	"error" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bucket_syncs_resource_id_key" UNIQUE("resource_id"),
	CONSTRAINT "bucket_syncs_preset_or_cron_check" CHECK (("bucket_syncs"."preset" is null) <> ("bucket_syncs"."cron" is null)),
	CONSTRAINT "bucket_syncs_deletions_check" CHECK ("bucket_syncs"."deletions" in ('keep', 'mirror')),
	CONSTRAINT "bucket_syncs_one_destination_check" CHECK ("bucket_syncs"."store_id" is null or "bucket_syncs"."destination" is null),
	CONSTRAINT "bucket_syncs_destination_has_secret_check" CHECK (("bucket_syncs"."destination" is null) = ("bucket_syncs"."sealed_config" is null))
);
--> statement-breakpoint
ALTER TABLE "bucket_syncs" ADD CONSTRAINT "bucket_syncs_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bucket_syncs" ADD CONSTRAINT "bucket_syncs_resource_id_resources_id_fk" FOREIGN KEY ("resource_id") REFERENCES "public"."resources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bucket_syncs" ADD CONSTRAINT "bucket_syncs_store_id_stores_id_fk" FOREIGN KEY ("store_id") REFERENCES "public"."stores"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bucket_syncs_next_run_at_idx" ON "bucket_syncs" USING btree ("next_run_at") WHERE "bucket_syncs"."enabled";