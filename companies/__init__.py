"""The pages of training companies: dropout risk, apprentices and their agreements, rejections."""
