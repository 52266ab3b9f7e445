"""The watch's inbox: files that have arrived, the batches they form, and what is reported."""
