"""The same job on Ray: read → segment → translate → summarise on the workers, records here.

Ray Data schedules; the shared cache remembers. What a worker does is what a pipeline does.
"""
