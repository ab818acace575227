ALTER TABLE "store_choices" ADD COLUMN "preset" text;--> statement-breakpoint
ALTER TABLE "store_choices" ADD COLUMN "at" text;--> statement-breakpoint
ALTER TABLE "store_choices" ADD COLUMN "cron" text;--> statement-breakpoint
ALTER TABLE "store_choices" ADD COLUMN "time_zone" text;--> statement-breakpoint
ALTER TABLE "store_choices" ADD COLUMN "next_run_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "store_choices" ADD COLUMN "last_run_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "store_choices_next_run_at_idx" ON "store_choices" USING btree ("next_run_at") WHERE "store_choices"."next_run_at" is not null;--> statement-breakpoint
ALTER TABLE "store_choices" ADD CONSTRAINT "store_choices_preset_or_cron_check" CHECK ("store_choices"."preset" is null or "store_choices"."cron" is null);--> statement-breakpoint
ALTER TABLE "store_choices" ADD CONSTRAINT "store_choices_schedule_has_zone_check" CHECK (("store_choices"."preset" is null and "store_choices"."cron" is null) = ("store_choices"."time_zone" is null));